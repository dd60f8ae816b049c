import * as vscode from 'vscode';
import {
  ClientCapabilities,
  DocumentSelector,
  FeatureState,
  LanguageClient,
  LanguageClientOptions,
  MessageSignature,
  Middleware,
  StaticFeature,
} from 'vscode-languageclient/node';

import { diagnosticsMiddleware } from './diagnostics';
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

/** A request that failed is told by the log: nobody wants a message for each hover while the server starts again. */
class QuietClient extends LanguageClient {
  override handleFailedRequest<T, P extends MessageSignature>(
    type: P,
    token: vscode.CancellationToken | undefined,
    error: unknown,
    defaultValue: T,
    _showNotification?: boolean,
    throwOnCancel?: boolean,
  ): T {
    return super.handleFailedRequest(type, token, error, defaultValue, false, throwOnCancel);
  }
}

/**
 * A client of the language server; `root` is the checkout where the window has no folder open.
 */
export function newClient(
  program: string,
  log: vscode.LogOutputChannel,
  status: Status,
  root: vscode.Uri | undefined,
): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: documents,
    initializationOptions: serverSettings,
    outputChannel: log,
    diagnosticPullOptions: { onChange: true, onSave: true },
    middleware: { ...diagnosticsMiddleware(), ...progressMiddleware(status) },
  };
  if (root !== undefined) {
    options.workspaceFolder = { uri: root, name: 'release', index: 0 };
  }
  const client = new QuietClient('mirrorlint', 'mirrorlint', { command: program, args: ['lsp'] }, options);
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
