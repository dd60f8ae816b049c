import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

const programName = process.platform === 'win32' ? 'mirrorlint.exe' : 'mirrorlint';

/** That there is no program to start; the message says what to do. */
export class BinaryError extends Error {}

/** A program that said that it is mirrorlint. */
export interface Binary {
  path: string;
  /** What it says to `--version`. */
  version: string;
}

/**
 * Finds mirrorlint: the setting `mirrorlint.path`, else the program that comes with the extension, else
 * the one on the PATH.
 *
 * @throws BinaryError where there is none, or where it does not run here.
 */
export async function findBinary(extensionPath: string, configured: string): Promise<Binary> {
  if (configured !== '') {
    const advice = 'Correct the setting "mirrorlint.path", or empty it.';
    const file = configured.replace(/^~(?=[\\/])/, os.homedir());
    if (!path.isAbsolute(file)) {
      throw new BinaryError(`"${configured}" is no absolute path. ${advice}`);
    }
    return await ask(file, advice);
  }
  const bundled = path.join(extensionPath, 'bin', programName);
  if (fs.existsSync(bundled)) {
    return await ask(bundled, 'Install the extension for this platform, or set "mirrorlint.path" to another program.');
  }
  const installed = onPath();
  if (installed === undefined) {
    throw new BinaryError(
      'The program "mirrorlint" is not installed, and this build of the extension comes without it. ' +
        'Install the extension for your platform, put it on your PATH, or set "mirrorlint.path".',
    );
  }
  return await ask(installed, 'Install another one, or set "mirrorlint.path".');
}

/** Not left to the system: Windows would look into the checkout first, where a stranger's program may lie. */
function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, programName)).find((file) => fs.existsSync(file));
}

async function ask(file: string, advice: string): Promise<Binary> {
  if (!fs.existsSync(file)) {
    throw new BinaryError(`There is no program "${file}". ${advice}`);
  }
  let said: string;
  try {
    said = (await promisify(execFile)(file, ['--version'], { timeout: 10_000 })).stdout.trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BinaryError(`"${file}" cannot be run here (${reason}). ${advice}`);
  }
  if (!/^mirrorlint \d/.test(said)) {
    throw new BinaryError(`"${file}" is not mirrorlint. ${advice}`);
  }
  return { path: file, version: said };
}
