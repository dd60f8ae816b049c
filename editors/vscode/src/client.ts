import * as vscode from 'vscode';
import {
  ClientCapabilities,
  CloseAction,
  DocumentSelector,
  ErrorHandler,
  FeatureState,
  LanguageClient,
  LanguageClientOptions,
  Middleware,
  StaticFeature,
} from 'vscode-languageclient/node';

import { diagnosticsMiddleware } from './diagnostics';
import { lensesMiddleware } from './lenses';
import { serverSettings } from './settings';
import { Status } from './status';

/** The files that the server reads; what lies outside of a checkout it leaves alone. */
const documents: DocumentSelector = [
  { scheme: 'file', language: 'mirror-mapping' },
  { scheme: 'file', language: 'yaml' },
  { scheme: 'file', pattern: '**/.mirrorlint-baseline.json' },
];

/** What this client can do beyond the protocol. */
class Extras implements StaticFeature {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    const mirrorlint = { commands: ['mirrorlint.showReferences'], rulePages: true };
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), mirrorlint };
  }

  getState(): FeatureState {
    return { kind: 'static' };
  }

  initialize(): void {}

  clear(): void {}
}

/**
 * A client that tells of failures in the log alone: nobody wants a message for each request that was on its way when
 * the server crashed. That the server is not started any more is told by `onGaveUp`.
 */
class QuietClient extends LanguageClient {
  onGaveUp: () => void = () => {};

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override createDefaultErrorHandler(maxRestartCount?: number): ErrorHandler {
    const handler = super.createDefaultErrorHandler(maxRestartCount);
    return {
      error: (error, message, count) => handler.error(error, message, count),
      closed: async () => {
        const result = await handler.closed();
        if (result.action === CloseAction.DoNotRestart) {
          this.onGaveUp();
        }
        return result;
      },
    };
  }
}

/**
 * A client of the language server; `root` is the checkout where the window has no folder open. After several crashes
 * in a row it calls `gaveUp`.
 */
export function newClient(
  program: string,
  log: vscode.LogOutputChannel,
  status: Status,
  root: vscode.Uri | undefined,
  gaveUp: () => void,
): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: documents,
    initializationOptions: serverSettings,
    outputChannel: log,
    diagnosticPullOptions: { onChange: true, onSave: true },
    // Else the client shows a message for each try.
    initializationFailedHandler: (error) => {
      log.error(`the language server did not answer the first request: ${String(error)}`);
      return false;
    },
    middleware: {
      ...diagnosticsMiddleware(),
      ...lensesMiddleware(),
      ...progressMiddleware(status),
    },
  };
  if (root !== undefined) {
    options.workspaceFolder = { uri: root, name: 'release', index: 0 };
  }
  const client = new QuietClient('mirrorlint', 'mirrorlint', { command: program, args: ['lsp'] }, options);
  client.onGaveUp = gaveUp;
  client.registerFeature(new Extras());
  return client;
}

/** Tells the status bar of the checkout being read. */
function progressMiddleware(status: Status): Middleware {
  return {
    handleWorkDoneProgress: (token, params, next) => {
      if (params.kind === 'begin') {
        status.begins(token, params.title);
      } else if (params.kind === 'end') {
        status.ends(token);
      }
      next(token, params);
    },
  };
}
