import * as vscode from 'vscode';

import { checkoutRoot } from './checkout';
import { RulePages } from './rulePages';
import { Server } from './server';
import { Status } from './status';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('mirrorlint', { log: true });
  const status = new Status();
  const server = new Server(context.extensionPath, log, status);
  const pages = new RulePages(server);
  const { commands, window, workspace } = vscode;
  context.subscriptions.push(
    log,
    status,
    server,
    workspace.registerTextDocumentContentProvider(RulePages.scheme, pages),
    commands.registerCommand('mirrorlint.restart', () => server.restart()),
    commands.registerCommand('mirrorlint.showLog', () => log.show()),
    commands.registerCommand('mirrorlint.openRule', (rule?: string) => pages.open(rule)),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('mirrorlint.codeLens')) {
        server.refreshLenses();
      }
      if (change.affectsConfiguration('mirrorlint.path')) {
        void server.restart();
      } else if (change.affectsConfiguration('mirrorlint')) {
        void server.sendSettings();
      }
    }),
  );

  // YAML files are in every project, so nothing is started before there is a checkout to serve.
  const start = async (): Promise<void> => {
    const folders = workspace.workspaceFolders ?? [];
    if (folders.some((folder) => checkoutRoot(folder.uri) !== undefined)) {
      await server.start();
    } else if (folders.length === 0) {
      const roots = workspace.textDocuments.map((document) => checkoutRoot(document.uri));
      const root = roots.find((found) => found !== undefined);
      if (root !== undefined) {
        await server.start(root);
      }
    }
  };
  context.subscriptions.push(
    workspace.onDidChangeWorkspaceFolders(start),
    workspace.onDidOpenTextDocument(start),
    window.onDidChangeActiveTextEditor(start),
  );
  void start();
}
