import * as vscode from 'vscode';

/** What the server is told of the settings. */
export interface ServerSettings {
  severity: string;
  select: string[];
  ignore: string[];
  onlyMyChange: boolean;
  base: string;
}

/** Reads the settings; package.json has the defaults. */
export function serverSettings(): ServerSettings {
  const settings = vscode.workspace.getConfiguration('mirrorlint');
  return {
    severity: settings.get('severity', 'warning'),
    select: settings.get('select', []),
    ignore: settings.get('ignore', []),
    onlyMyChange: settings.get('onlyMyChange', false),
    base: settings.get('base', ''),
  };
}

/** Whether the document is to have lenses. */
export function showsLenses(document: vscode.TextDocument): boolean {
  return vscode.workspace.getConfiguration('mirrorlint', document).get('codeLens', true);
}

/** The program that the user wants; empty where the extension is to find it. */
export function configuredPath(): string {
  return vscode.workspace.getConfiguration('mirrorlint').get('path', '').trim();
}
