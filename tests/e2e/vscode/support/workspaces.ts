// The checkouts that the tests work in.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** A window of VS Code, and the tests in it: `suite/<name>.ts`. */
export interface Session {
  name: string;
  /** What the window has open, as its address says it. */
  query: Record<string, string>;
  machineSettings?: object;
}

/** Writes the checkouts into `work`, and says which sessions there are. */
export function prepare(work: string, mirrorlint: string): Session[] {
  const checkout = (name: string): string => writeCheckout(path.join(work, 'checkouts', name), mirrorlint);
  const elsewhere = path.join(work, 'checkouts/elsewhere');
  fs.mkdirSync(elsewhere, { recursive: true });
  fs.writeFileSync(path.join(elsewhere, 'values.yaml'), 'a: 1\na: 2\n');
  const roots = path.join(work, 'roots.code-workspace');
  const folders = [checkout('one'), checkout('two')].map((folder) => ({ path: folder }));
  fs.writeFileSync(roots, JSON.stringify({ folders }));
  return [
    { name: 'folder', query: { folder: checkout('release') } },
    { name: 'changes', query: { folder: checkout('changes') } },
    { name: 'server', query: { folder: checkout('server') } },
    { name: 'subfolder', query: { folder: path.join(checkout('part'), 'core-services/image-mirroring/acme') } },
    { name: 'roots', query: { workspace: roots } },
    { name: 'file', query: { ew: 'true' } },
    { name: 'elsewhere', query: { folder: elsewhere } },
    {
      name: 'program',
      query: { folder: checkout('program') },
      machineSettings: { 'mirrorlint.path': '/nowhere/mirrorlint' },
    },
  ];
}

/** What `mirrorlint demo` writes, a second user of an image, and a set with a job for each file; in two commits. */
function writeCheckout(folder: string, mirrorlint: string): string {
  const parent = path.dirname(folder);
  fs.mkdirSync(parent, { recursive: true });
  const env = { ...process.env, TMPDIR: parent };
  execFileSync(mirrorlint, ['demo', '--quiet'], { env, stdio: ['ignore', 'ignore', 'ignore'] });
  const demo = fs.readdirSync(parent).find((name) => name.startsWith('mirrorlint-demo-'));
  if (demo === undefined) {
    throw new Error('mirrorlint demo wrote no checkout');
  }
  fs.renameSync(path.join(parent, demo), folder);

  const read = (file: string): string => fs.readFileSync(path.join(folder, file), 'utf8');
  const write = (file: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  };
  const widget = read('ci-operator/config/acme/widget/acme-widget-main.yaml');
  write(
    'ci-operator/config/acme/gadget/acme-gadget-main.yaml',
    widget.replaceAll('widget', 'gadget').replace('namespace: acme', 'namespace: gadgets'),
  );
  const jobs = 'ci-operator/jobs/infra-image-mirroring.yaml';
  const job = read(jobs).split(/^(?=- )/m)[1]!;
  const solo = job.replaceAll('acme', 'solo').replace('mapping_solo', 'mapping_solo_1');
  write(jobs, `${read(jobs).trimEnd()}\n${solo}`);
  write('core-services/image-mirroring/solo/OWNERS', 'approvers:\n- somebody\n');
  write(
    'core-services/image-mirroring/solo/mapping_solo_1',
    'registry.ci.openshift.org/acme/widget:latest quay.io/solo/widget:1\n',
  );

  const git = (...args: string[]): void => {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
    execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  const acme = 'core-services/image-mirroring/acme/mapping_acme_1_0';
  const all = read(acme);
  write(acme, all.replace(/^.*my-organization.*\n/m, ''));
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'all but a line');
  git('tag', 'older');
  write(acme, all);
  git('commit', '--quiet', '--all', '--message', 'the line');
  git('switch', '--quiet', '--create', 'repaired');
  write(acme, read(acme).replace('gadget:1.0\n', 'gadget:1.0 quay.io/acme/gadget:1.0\n'));
  git('commit', '--quiet', '--all', '--message', 'repair');
  git('switch', '--quiet', 'main');
  return folder;
}
