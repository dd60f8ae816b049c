import * as vscode from 'vscode';
import { DidChangeConfigurationNotification, LanguageClient, State } from 'vscode-languageclient/node';

import { Binary, BinaryError, findBinary } from './binary';
import { newClient } from './client';
import { refreshLenses } from './lenses';
import { configuredPath, serverSettings } from './settings';
import { Status } from './status';

/** The language server, started once there is a checkout, and anew on request. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private root: vscode.Uri | undefined;
  private wanted = false;
  /** The end of the last start or stop: one at a time. */
  private last: Promise<void> = Promise.resolve();
  private readonly commands: vscode.Disposable;

  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
    private readonly status: Status,
  ) {
    this.commands = vscode.commands.registerCommand('mirrorlint.showReferences', showReferences);
  }

  /** Starts the server where it is not started yet; `root` is a checkout outside of the workspace. */
  async start(root?: vscode.Uri): Promise<void> {
    if (this.wanted) {
      return await this.last;
    }
    this.wanted = true;
    this.root = root;
    await this.inTurn(() => this.launch());
  }

  /** Stops the server and starts it again, with the program that is the right one now. */
  async restart(): Promise<void> {
    this.wanted = true;
    await this.inTurn(async () => {
      await this.halt();
      await this.launch();
    });
  }

  /** Tells the server the settings. */
  async sendSettings(): Promise<void> {
    if (this.client?.state === State.Running) {
      const settings = { mirrorlint: serverSettings() };
      await this.client.sendNotification(DidChangeConfigurationNotification.type, { settings });
    }
  }

  /** Shows lenses where the settings want them now. */
  refreshLenses(): void {
    if (this.client?.state === State.Running) {
      refreshLenses(this.client);
    }
  }

  /** Asks the server something, once it runs. */
  async request<T>(method: string, params: unknown): Promise<T> {
    await this.last;
    if (this.client === undefined) {
      throw new Error('mirrorlint does not run');
    }
    return await this.client.sendRequest<T>(method, params);
  }

  /** Finds the program, as a start would. */
  async binary(): Promise<Binary> {
    return await findBinary(this.extensionPath, configuredPath());
  }

  dispose(): void {
    this.commands.dispose();
    void this.inTurn(() => this.halt());
  }

  private inTurn(act: () => Promise<void>): Promise<void> {
    this.last = this.last.then(act).catch((error: unknown) => this.log.error(String(error)));
    return this.last;
  }

  private async launch(): Promise<void> {
    this.status.starts();
    let binary: Binary;
    try {
      binary = await this.binary();
    } catch (error) {
      this.status.failed('The language server cannot be started.');
      if (!(error instanceof BinaryError)) {
        throw error;
      }
      this.log.error(error.message);
      void this.complain(error.message, 'Open Settings', openPathSetting);
      return;
    }
    this.log.info(`${binary.version}: ${binary.path}`);
    let isTold = false;
    const tell = (message: string): void => {
      if (!isTold) {
        isTold = true;
        void this.complain(message, 'Restart', () => this.restart());
      }
    };
    const client = newClient(binary.path, this.log, this.status, this.root, () =>
      tell('The language server crashed several times in a row and is not started any more.'),
    );
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) {
        this.status.starts();
      } else if (newState !== State.Running && this.client === client) {
        // Not asked for: the client gave up, or is about to start the server again.
        this.status.failed('The language server is not running.');
      }
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.log.error(String(error));
      tell('The language server did not start.');
    }
  }

  private async halt(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) {
      await client.dispose().catch((error: unknown) => this.log.warn(`while stopping: ${String(error)}`));
    }
  }

  /** Tells the user what is wrong, and offers `remedy`. */
  private async complain(message: string, remedy: string, act: () => Promise<void>): Promise<void> {
    const log = 'Show Log';
    const chosen = await vscode.window.showErrorMessage(`mirrorlint: ${message}`, remedy, log);
    if (chosen === remedy) {
      await act();
    } else if (chosen === log) {
      this.log.show();
    }
  }
}

/** Opens the settings of the machine that the program has to run on. */
async function openPathSetting(): Promise<void> {
  const query = '@id:mirrorlint.path';
  if (vscode.env.remoteName === undefined) {
    await vscode.commands.executeCommand('workbench.action.openSettings', query);
  } else {
    await vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query });
  }
}

/** What a code lens runs; its arguments are those of the protocol. */
async function showReferences(uri: string, at: LspPosition, locations: LspLocation[]): Promise<void> {
  const position = ({ line, character }: LspPosition): vscode.Position => new vscode.Position(line, character);
  await vscode.commands.executeCommand(
    'editor.action.showReferences',
    vscode.Uri.parse(uri, true),
    position(at),
    locations.map(
      ({ uri, range }) =>
        new vscode.Location(vscode.Uri.parse(uri, true), new vscode.Range(position(range.start), position(range.end))),
    ),
  );
}

interface LspPosition {
  line: number;
  character: number;
}

interface LspLocation {
  uri: string;
  range: { start: LspPosition; end: LspPosition };
}
