import { createWorkers } from '../../../../sandbox/workers.ts';
import { createDataPlane } from '../../../../sandbox/data-plane/data-plane.ts';
import { defaultTiming } from '../../../../sandbox/data-plane/timing.ts';
import { startEntraSim } from '../../../../sandbox/entra/entra-sim.ts';
import { startMistSim } from '../../../../sandbox/mist/mist-sim.ts';
import { startPage, type Page, type PageWorld } from '../../../../sandbox/page/page-server.ts';
import type { SlackSim } from '../../../../sandbox/slack/slack-sim.ts';
import { makeCertificates } from '../../../../sandbox/tls/certificates.ts';
import { startWorkspace } from '../../slack/support/workspace.ts';

/** The real simulators with a page and without a bot: what answers Slack is up to the test. */
export interface PageSandbox {
  readonly slack: SlackSim;
  readonly world: PageWorld;
  readonly page: Page;
  close(): Promise<void>;
}

export async function startPageSandbox(): Promise<PageSandbox> {
  const timing = { ...defaultTiming(), configApplyMs: 1, endpointMs: 1, softwareInstallMs: 1 };
  const tls = await makeCertificates();
  const [slack, entra, mist] = await Promise.all([
    startWorkspace(),
    startEntraSim({ tls, timing }),
    startMistSim({ timing }),
  ]);
  const dataPlane = createDataPlane({ entra, mist, timing });
  mist.attach(dataPlane);
  const world: PageWorld = {
    slack,
    entra,
    mist,
    dataPlane,
    timing,
    folder: '',
    env: {},
    workers: createWorkers({ count: 0, env: () => ({}) }),
    bot: () => {
      throw new Error('this sandbox has no bot');
    },
    startBot: () => Promise.reject(new Error('this sandbox has no bot')),
    close: () => Promise.resolve(),
  };
  const page = await startPage(world);
  return {
    slack,
    world,
    page,
    async close() {
      await page.close();
      dataPlane.close();
      await Promise.all([slack.close(), entra.close(), mist.close()]);
    },
  };
}
