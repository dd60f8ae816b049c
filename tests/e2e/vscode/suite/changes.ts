// What a contributor's own change does: on disk, in git, in the settings.

import * as assert from 'node:assert/strict';

import * as vscode from 'vscode';

import * as support from '../support/session.ts';

const { workspace } = vscode;
const { until } = support;

const acme = 'core-services/image-mirroring/acme/mapping_acme_1_0';
const supplemental = 'core-services/image-mirroring/supplemental-ci-images/mapping_supplemental_ci_images_ci';
const boskos = 'gcr.io/k8s-staging-boskos/boskos:latest registry.ci.openshift.org/ci/boskos:latest\n';

export const run = support.session(() => {
  const checkout = new support.Checkout(workspace.workspaceFolders![0]!.uri.fsPath);
  let before: string[];

  suiteSetup(async () => {
    await until('findings', () => checkout.found(acme).length > 0);
    before = await checkout.settled();
  });

  teardown(async () => {
    for (const setting of ['severity', 'select', 'ignore', 'onlyMyChange', 'base']) {
      await support.set(setting, undefined);
    }
    await checkout.reset(before);
  });

  const added = (): string[] => checkout.all().filter((found) => !before.includes(found));

  test('says what the removal of a used image breaks, before and after saving', async () => {
    const editor = await checkout.open(supplemental);
    await support.replace(editor, boskos, '');
    await until('it is said', () => added().join().includes('image-provider-removed'), added);
    const unsaved = await checkout.settled();
    await editor.document.save();
    const saved = await checkout.settled();
    assert.deepEqual(saved, unsaved);
    await support.closeEditors();
    assert.deepEqual(await checkout.settled(), unsaved);
  });

  test('shows only my change', async () => {
    await support.set('onlyMyChange', true);
    await until(
      'nothing is left',
      () => checkout.all().length === 0,
      () => checkout.all(),
    );
    const editor = await checkout.open(acme);
    await support.replace(editor, 'quay.io/acme/sprocket:1.0', 'quay.io/acme/sprocket::1.0');
    await until('the new finding', () => checkout.all().length > 0);
    assert.deepEqual(await checkout.settled(), [`${acme}:4: mapping-syntax`]);
    await support.pictureOf('only-my-change', '.squiggly-error', '.codelens-decoration');
    await editor.document.save();
    assert.deepEqual(await checkout.settled(), [`${acme}:4: mapping-syntax`]);
    await support.set('onlyMyChange', false);
    await until(
      'the others',
      () => checkout.all().length >= before.length,
      () => checkout.all(),
    );
  });

  test('compares with the base that the settings name', async () => {
    await support.set('onlyMyChange', true);
    await support.set('base', 'older');
    const wanted = [`${acme}:5: mapping-source-unprovided`, `${acme}:5: placeholder`];
    await checkout.findsAll(wanted);
    assert.deepEqual(await checkout.settled(), wanted);
  });

  test('takes up the settings at once', async () => {
    await support.set('ignore', ['mapping-*']);
    await until('they are gone', () => !checkout.all().some((found) => found.includes(': mapping-')));
    await support.set('ignore', undefined);
    await support.set('select', ['mapping-syntax']);
    await checkout.findsAll([`${acme}:3: mapping-syntax`]);
    await support.set('select', undefined);
    await support.set('severity', 'hint');
    await until(
      'hints',
      () => checkout.all().length > before.length,
      () => checkout.all(),
    );
  });

  test('follows a switch of branches', async () => {
    checkout.git('switch', '--quiet', 'repaired');
    await until('it is repaired', () => !checkout.found(acme).includes('3: mapping-syntax'));
    checkout.git('switch', '--quiet', 'main');
    await until('it is broken again', () => checkout.found(acme).includes('3: mapping-syntax'));
  });

  test('follows what another program writes, creates and deletes', async () => {
    const file = 'core-services/image-mirroring/acme/mapping_acme_2_0';
    await workspace.fs.writeFile(checkout.uri(file), Buffer.from('registry.ci.openshift.org/acme/widget:2.0\n'));
    await checkout.finds(file, '1: mapping-syntax');
    await workspace.fs.delete(checkout.uri(file));
    await checkout.finds(file);
  });

  test('forgets a file that is deleted while it is open', async () => {
    await checkout.open(supplemental);
    checkout.git('rm', '--quiet', supplemental);
    await until('it is said', () => added().join().includes('image-provider-removed'), added);
    checkout.git('restore', '--staged', '--worktree', supplemental);
  });
});
