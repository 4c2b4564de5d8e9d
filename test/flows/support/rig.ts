import { afterAll, afterEach } from 'vitest';
import { composeRig, type Rig, type RigOptions } from './compose-rig.ts';

export { CHANNEL, eventually, type LogLine, type Rig, type RigOptions } from './compose-rig.ts';

const ofTest: Rig[] = [];
const ofFile: Rig[] = [];
afterEach(async () => {
  await Promise.all(ofTest.splice(0).map((rig) => rig.close()));
});
afterAll(async () => {
  await Promise.all([...ofTest.splice(0), ...ofFile.splice(0)].map((rig) => rig.close()));
});

/** Starts a rig; it is closed by itself. */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const rig = await composeRig(options);
  (options.shared ? ofFile : ofTest).push(rig);
  if (options.start !== false) await rig.flows.start();
  return rig;
}
