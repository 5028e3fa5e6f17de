import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FailedRequest, ShopClientOptions, ShopTruth } from './shop-client.ts';
import type { Release } from './shop-code.ts';

export type LoadOrder =
  | { readonly kind: 'start'; readonly release: Release; readonly options: ShopClientOptions }
  | { readonly kind: 'deploy'; readonly release: Release }
  | { readonly kind: 'work'; readonly requests: number }
  | { readonly kind: 'stop' };

export type LoadAnswer =
  | { readonly kind: 'started' }
  | { readonly kind: 'deployed'; readonly release: Release }
  | { readonly kind: 'worked' }
  | { readonly kind: 'report'; readonly report: ShopLoadReport }
  | { readonly kind: 'broken'; readonly message: string };

export interface ShopLoadReport {
  readonly sent: number;
  readonly slowestMs: number;
  /** Errors, wrong answers, and requests that had no answer within two seconds. */
  readonly failures: readonly FailedRequest[];
  readonly truths: readonly ShopTruth[];
}

/** The application at work on a database, in a process of its own. */
export interface ShopLoad {
  deploy(release: Release): Promise<void>;
  /** Resolves after so many more requests. */
  work(requests: number): Promise<void>;
  stop(): Promise<ShopLoadReport>;
  /** Ends the process whatever it does. */
  end(): void;
}

export async function startShopLoad(release: Release, options: ShopClientOptions): Promise<ShopLoad> {
  const child = fork(fileURLToPath(new URL('shop-load-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  const order = (message: LoadOrder): Promise<LoadAnswer> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new TypeError('the load has ended'));
      child.once('exit', gone);
      child.once('message', (answer: LoadAnswer) => {
        child.off('exit', gone);
        if (answer.kind === 'broken') reject(new TypeError(answer.message));
        else resolve(answer);
      });
      child.send(message);
    });
  await order({ kind: 'start', release, options });
  return {
    deploy: async (release) => void (await order({ kind: 'deploy', release })),
    work: async (requests) => void (await order({ kind: 'work', requests })),
    stop: async () => {
      const answer = await order({ kind: 'stop' });
      child.disconnect();
      if (answer.kind !== 'report') throw new TypeError(`the load answered ${answer.kind}`);
      return answer.report;
    },
    end: () => void child.kill('SIGKILL'),
  };
}
