// A project that is no checkout of openshift/release.

import * as assert from 'node:assert/strict';

import * as vscode from 'vscode';

import * as support from '../support/session.ts';

export const run = support.session(() => {
  test("leaves other projects' YAML files alone", async () => {
    const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'values.yaml');
    await vscode.window.showTextDocument(uri);
    await support.until('the extension is active', () => support.extension().isActive);
    await support.pause(1000);
    assert.deepEqual(support.servers(), []);
    assert.equal(await support.status(), '');
  });
});
