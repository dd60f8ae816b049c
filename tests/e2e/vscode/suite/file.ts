// A file of a checkout in a window that has no folder open.

import * as path from 'node:path';

import * as support from '../support/session.ts';

export const run = support.session(() => {
  const checkout = new support.Checkout(path.join(process.env['TESTS_WORK']!, 'checkouts/release'));

  test('serves a mapping file in a window without a folder', async () => {
    const file = 'core-services/image-mirroring/gizmo/mapping_gizmo_main';
    await checkout.open(file);
    await checkout.finds(file, '1: mapping-file-unselected', '1: mirror-set-owners');
  });
});
