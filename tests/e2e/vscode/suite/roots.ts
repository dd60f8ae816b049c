// Two checkouts in one window.

import * as assert from 'node:assert/strict';

import * as vscode from 'vscode';

import * as support from '../support/session.ts';

const { until } = support;

const acme = 'core-services/image-mirroring/acme/mapping_acme_1_0';
const line = '3: mapping-syntax';

export const run = support.session(() => {
  let one: support.Checkout;
  let two: support.Checkout;

  // A window that is slow to open does not have its folders at once.
  suiteSetup(async () => {
    const folders = await until('two folders', () => {
      const open = vscode.workspace.workspaceFolders ?? [];
      return open.length === 2 && open;
    });
    [one, two] = folders.map(({ uri }) => new support.Checkout(uri.fsPath)) as [support.Checkout, support.Checkout];
  });

  test('reports both checkouts, with one server', async () => {
    await until('findings in the first', () => one.found(acme).includes(line));
    await until('findings in the second', () => two.found(acme).includes(line));
    assert.equal(support.servers().length, 1);
  });

  test('keeps them apart', async () => {
    const before = await two.settled();
    const editor = await one.open(acme);
    await support.replace(editor, 'gadget:1.0\n', 'gadget:1.0 quay.io/acme/gadget:1.0\n');
    await until('it is repaired', () => !one.found(acme).includes(line));
    assert.deepEqual(await two.settled(), before);
    await support.closeEditors();
  });
});
