import { createORPCClient, type ClientLink } from '@orpc/client';
import { createRouterClient, type AnyRouter } from '@orpc/server';
import { fromRouterError } from '#contract/router-error.ts';
import type { RouterClient } from '#contract/router.ts';
import type { Greeting } from '#contract/routes/system.ts';
import { contractVersion } from '#contract/version.ts';
import type { Core, CoreOptions } from '#core/core.ts';
import type { Terminal } from './terminal.ts';
import { offrecVersion } from './version.ts';

type OpenOptions = Omit<CoreOptions, 'home' | 'onNotice'>;

/** What of the contract needs no data folder. */
export type MachineClient = Pick<RouterClient, 'jobs' | 'methods'> & {
  readonly experiments: Pick<RouterClient['experiments'], 'parse'>;
  readonly system: Pick<RouterClient['system'], 'doctor'>;
};

/** What of the contract needs no database that can be opened. */
export interface BackupClient {
  readonly database: Pick<RouterClient['database'], 'backups' | 'removeBackup' | 'restore'>;
}

/**
 * Opens the core on the chosen data folder, hands over a client of the contract, and closes the core whatever
 * happens. Every request is checked as one that came over the network; failures are OffrecErrors.
 */
export async function withClient<Result>(
  terminal: Terminal,
  body: (client: RouterClient, greeting: Greeting) => Promise<Result>,
  options: OpenOptions = {},
): Promise<Result> {
  const { createRouter } = await import('../router/router.ts');
  return withCore(terminal, options, async (core) => {
    const router = createRouter(core, { door: 'terminal', version: offrecVersion() });
    const client = clientOf<RouterClient>(router);
    const greeting = await client.system.hello({ contract: contractVersion });
    for (const { level, message } of greeting.notices) terminal.say(`${level}: ${message}`);
    return body(client, greeting);
  });
}

/** For commands that ask about this machine and this program: no data folder is opened or made. */
export async function machineClient(): Promise<MachineClient> {
  const { createMachineRouter } = await import('../router/machine-routes.ts');
  return clientOf<MachineClient>(createMachineRouter());
}

/** For commands about backups, which are there also while the database is damaged. */
export async function backupClient(home: string): Promise<BackupClient> {
  const { createBackupRouter } = await import('../router/home-routes.ts');
  return clientOf<BackupClient>(createBackupRouter(home));
}

/** The core itself, for the door that lets browsers in. */
export async function withCore<Result>(
  terminal: Terminal,
  options: OpenOptions,
  body: (core: Core) => Promise<Result>,
): Promise<Result> {
  const [{ openCore }, home] = await Promise.all([
    import('#core/open-core.ts'),
    dataFolder(terminal.home),
  ]);
  const core = await openCore({
    ...options,
    home,
    onNotice: ({ level, message }) => terminal.say(`${level}: ${message}`),
  });
  try {
    return await body(core);
  } finally {
    await core.close();
  }
}

/** Absolute path of the data folder: the one that was named, else OFFREC_HOME, else the user's. */
export async function dataFolder(named: string | undefined): Promise<string> {
  const { resolveHome } = await import('#core/home.ts');
  return resolveHome(named, process.env);
}

type Method = (input: unknown, options: { signal?: AbortSignal | undefined }) => Promise<unknown>;

/** A client in the same process. What fails, also in the midst of a stream, is told as an OffrecError. */
function clientOf<Client>(router: AnyRouter): Client {
  const direct = createRouterClient(router);
  const link: ClientLink<Record<never, never>> = {
    async call(path, input, { signal }) {
      const method = path.reduce<unknown>((node, name) => Reflect.get(Object(node), name), direct);
      try {
        const output = await (method as Method)(input, { signal });
        return isStream(output) ? streamOf(output) : output;
      } catch (error) {
        throw fromRouterError(error);
      }
    },
  };
  return createORPCClient(link) as Client;
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function* streamOf(events: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  try {
    yield* events;
  } catch (error) {
    throw fromRouterError(error);
  }
}
