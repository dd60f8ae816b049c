import * as vscode from 'vscode';
import { CodeLensRequest, LanguageClient, Middleware } from 'vscode-languageclient/node';

import { showsLenses } from './settings';

/** Asks for lenses only where they are wanted. */
export function lensesMiddleware(): Middleware {
  return {
    provideCodeLenses: (document, token, next) => (showsLenses(document) ? next(document, token) : []),
  };
}

/** Lets the editor ask again for the lenses of all documents. */
export function refreshLenses(client: LanguageClient): void {
  const feature = client.getFeature(CodeLensRequest.method);
  const providers = new Set(vscode.workspace.textDocuments.map((document) => feature.getProvider(document)));
  providers.forEach((provider) => provider?.onDidChangeCodeLensEmitter.fire());
}
