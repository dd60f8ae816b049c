import * as fs from 'node:fs';
import * as path from 'node:path';

import * as vscode from 'vscode';

/** Folders that tell a checkout of openshift/release, as `src/linter/root.rs` has them. */
const landmarks = ['core-services', 'ci-operator'];

/** The root of the checkout that a file or folder lies in. */
export function checkoutRoot(uri: vscode.Uri): vscode.Uri | undefined {
  if (uri.scheme !== 'file') {
    return undefined;
  }
  for (let folder = uri.fsPath; ; folder = path.dirname(folder)) {
    if (landmarks.some((name) => isFolder(path.join(folder, name)))) {
      return vscode.Uri.file(folder);
    }
    if (folder === path.dirname(folder)) {
      return undefined;
    }
  }
}

function isFolder(name: string): boolean {
  return fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
