// Starts VS Code in a browser for each session of the tests, and is the user of it: the tests, which run in the
// extension host, ask over HTTP for clicks and for what is on the screen.
//
//   node driver.mjs TESTS WORK [--pictures DIR] [SESSION…]
//
// TESTS is the folder of this file; in WORK, run.sh has put the programs and what it made of the sources.

import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

import { type Browser, type Page, chromium } from 'playwright-core';

import type { Act, Outcome } from './support/protocol.ts';
import { type Session, prepare } from './support/workspaces.ts';

const [here, work, ...rest] = process.argv.slice(2);
if (here === undefined || work === undefined) {
  throw new Error('usage: driver.mjs TESTS WORK [--pictures DIR] [SESSION…]');
}
const mirrorlint = path.join(work, 'mirrorlint');
const pictures = rest[0] === '--pictures' ? path.resolve(rest.splice(0, 2)[1] ?? '.') : undefined;
const vsix = path.join(work, 'mirrorlint.vsix');
const program = path.join(work, 'node_modules/code-server/out/node/entry.js');
const data = path.join(work, 'data');
/** Where the logs and a picture of each failure are kept, if anywhere. */
const kept = process.env['TESTS_KEEP'];
const window = { width: 1120, height: 700 };
/** As long a session may take, in milliseconds. */
const sessionTime = 180_000;

let page: Page | undefined;
let outcomes: Outcome[] = [];
let ended: () => void = () => {};

const environment = {
  ...process.env,
  HOME: path.join(work, 'home'),
  XDG_CONFIG_HOME: undefined,
  XDG_DATA_HOME: undefined,
  XDG_CACHE_HOME: undefined,
  GIT_CONFIG_NOSYSTEM: '1',
  // Nobody is asked for extensions.
  EXTENSIONS_GALLERY: '{}',
  MIRRORLINT: mirrorlint,
  TESTS_WORK: work,
};
const options = ['--user-data-dir', data, '--extensions-dir', path.join(work, 'extensions')];

async function act(asked: Act): Promise<unknown> {
  if (page === undefined) {
    throw new Error('no page is open');
  }
  switch (asked.act) {
    case 'outcome':
      outcomes.push(asked.outcome);
      report(asked.outcome);
      if (asked.outcome.failure !== undefined && kept !== undefined) {
        await page.screenshot({ path: path.join(kept, `${asked.outcome.title.replace(/\W+/g, '-')}.png`) });
      }
      return null;
    case 'end':
      ended();
      return null;
    case 'texts':
      return await page.locator(asked.selector).allInnerTexts();
    case 'click':
      await page.locator(asked.selector).first().click({ timeout: 10_000 });
      return null;
    case 'hover':
      await page.locator(asked.selector).first().hover({ timeout: 10_000 });
      return null;
    case 'press':
      await page.keyboard.press(asked.key);
      return null;
    case 'type':
      await page.keyboard.type(asked.text);
      return null;
    case 'frameTexts': {
      const texts: string[] = [];
      for (const frame of page.frames()) {
        texts.push(
          ...(await frame
            .locator(asked.selector)
            .allInnerTexts()
            .catch(() => [])),
        );
      }
      return texts;
    }
    case 'picture':
      if (pictures !== undefined) {
        await page.mouse.move(2, 2);
        await page.waitForTimeout(400);
        // Without the title, which says that this is a test.
        const clip = { x: 0, y: 36, width: window.width, height: window.height - 36 };
        await page.screenshot({ path: path.join(pictures, `${asked.name}.png`), clip });
      }
      return null;
  }
}

function report({ title, failure, milliseconds }: Outcome): void {
  const seconds = (milliseconds / 1000).toFixed(1).padStart(5);
  console.log(`${failure === undefined ? 'ok    ' : 'FAILED'} ${seconds} s  ${title}`);
  if (failure !== undefined) {
    console.log(failure.replace(/^/gm, '        '));
  }
}

function serve(): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      act(JSON.parse(Buffer.concat(chunks).toString()) as Act).then(
        (value) => response.end(JSON.stringify(value)),
        (error: unknown) => {
          response.statusCode = 500;
          response.end(String(error));
        },
      );
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Starts code-server and says where it listens. */
async function startEditor(bridge: number): Promise<{ url: string; stop: () => void }> {
  const args = [program, '--auth', 'none', '--bind-addr', '127.0.0.1:0', '--config', path.join(work!, 'config.yaml')];
  args.push('--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', ...options);
  const editor = spawn(process.execPath, args, {
    env: { ...environment, TESTS_BRIDGE: `http://127.0.0.1:${bridge}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const log = fs.createWriteStream(path.join(kept ?? work!, 'code-server.log'));
  editor.stderr.pipe(log, { end: false });
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(editor.stdout).on('line', (line) => {
      log.write(`${line}\n`);
      const listening = /server listening on (http:\S+?)\/?$/.exec(line);
      if (listening?.[1] !== undefined) {
        resolve(listening[1]);
      }
    });
    editor.on('exit', () => reject(new Error('code-server ended before it listened')));
  });
  return { url, stop: () => process.kill(-editor.pid!, 'SIGTERM') };
}

async function run(session: Session, browser: Browser, url: string): Promise<boolean> {
  console.log(`--- ${session.name}`);
  fs.writeFileSync(path.join(data, 'Machine/settings.json'), JSON.stringify(session.machineSettings ?? {}));
  outcomes = [];
  const context = await browser.newContext({ viewport: window });
  page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => said.push(`${type} ${args}`));
  await page.exposeFunction('codeAutomationExit', () => ended());
  // The workbench reads here what it is to do; VS Code's own test runner would have put it there.
  await page.addInitScript(
    ({ extension, tests }) => {
      const id = 'vscode-workbench-web-configuration';
      const get = Element.prototype.getAttribute;
      Element.prototype.getAttribute = function (name) {
        const value = get.call(this, name);
        if (this.id !== id || name !== 'data-settings' || value === null) {
          return value;
        }
        const at = (path: string) => ({ scheme: 'vscode-remote', authority: location.host, path });
        const settings = JSON.parse(value);
        settings.developmentOptions = { extensions: [at(extension)], extensionTestsPath: at(tests) };
        return JSON.stringify(settings);
      };
    },
    { extension: path.join(here!, 'extension'), tests: path.join(work!, 'suite', `${session.name}.js`) },
  );
  let timer: NodeJS.Timeout | undefined;
  const isTimely = await new Promise<boolean>((resolve, reject) => {
    ended = () => resolve(true);
    timer = setTimeout(() => resolve(false), sessionTime);
    page!.goto(`${url}/?${new URLSearchParams(session.query)}`).catch(reject);
  });
  clearTimeout(timer);
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  if (!isTimely || outcomes.length === 0 || failed.length > 0) {
    if (kept !== undefined) {
      fs.writeFileSync(path.join(kept, `${session.name}.log`), said.join('\n'));
    }
    if (!isTimely) {
      console.log(`FAILED: the session took longer than ${sessionTime / 1000} s`);
    } else if (outcomes.length === 0) {
      console.log(`FAILED: no test ran\n${said.slice(-20).join('\n')}`);
    }
  }
  counts.passed += outcomes.length - failed.length;
  counts.failed += failed.length + Number(!isTimely || outcomes.length === 0);
  await context.close();
  page = undefined;
  return failed.length === 0;
}

const counts = { passed: 0, failed: 0 };
const sessions = prepare(work, mirrorlint).filter(({ name }) => rest.length === 0 || rest.includes(name));
for (const folder of ['home', 'data/User', 'data/Machine']) {
  fs.mkdirSync(path.join(work, folder), { recursive: true });
}
fs.copyFileSync(path.join(here, 'settings.json'), path.join(data, 'User/settings.json'));
fs.writeFileSync(path.join(work, 'config.yaml'), '');
execFileSync(
  process.execPath,
  [program, '--config', path.join(work, 'config.yaml'), ...options, '--install-extension', vsix],
  {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  },
);
const bridge = await serve();
const editor = await startEditor((bridge.address() as AddressInfo).port);
const executablePath = ['/usr/bin/google-chrome', '/usr/bin/chromium'].find((file) => fs.existsSync(file));
if (executablePath === undefined) {
  throw new Error('no Chromium; apt-get install chromium');
}
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const session of sessions) {
    await run(session, browser, editor.url);
  }
} finally {
  await browser.close();
  editor.stop();
  if (kept !== undefined) {
    fs.cpSync(path.join(data, 'logs'), path.join(kept, 'logs'), { recursive: true });
  }
  bridge.close();
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
