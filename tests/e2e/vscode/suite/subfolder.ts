// A window on a part of the checkout, where nothing but the files tells what it is.

import * as assert from 'node:assert/strict';
import * as path from 'node:path';

import * as vscode from 'vscode';

import * as support from '../support/session.ts';

const { workspace } = vscode;
const { until } = support;

export const run = support.session(() => {
  const checkout = new support.Checkout(path.resolve(workspace.workspaceFolders![0]!.uri.fsPath, '../../..'));

  test('does nothing before a file is opened', async () => {
    await support.pause(500);
    assert.deepEqual(support.servers(), []);
  });

  test('starts with the first mapping file', async () => {
    await checkout.open('core-services/image-mirroring/acme/mapping_acme_1_0');
    await checkout.finds(
      'core-services/image-mirroring/acme/mapping_acme_1_0',
      '2: mapping-duplicate-destination',
      '3: mapping-syntax',
      '4: decommissioned-registry',
      '5: placeholder',
    );
  });

  test('reports nothing outside of the folder, but knows what lies there', async () => {
    const inside = 'core-services/image-mirroring/acme/';
    const found = await checkout.settled();
    assert.deepEqual(
      found.filter((finding) => !finding.startsWith(inside)),
      [],
    );
    const latest = await checkout.open(`${inside}mapping_acme_latest`);
    const at = support.position(latest.document, 'acme/gadget:latest', 'gadget');
    const hovers = await until('a hover', async () => {
      const uri = latest.document.uri;
      const found = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, at);
      return found.length > 0 && found;
    });
    const text = hovers
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value)
      .join();
    assert.match(text, /infra-image-mirroring|periodic-image-mirroring-acme/);
  });
});
