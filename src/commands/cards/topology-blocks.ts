import type { KnownBlock } from '@slack/types';
import type { Topology } from '../../flows/topology.ts';
import { topologyLines } from '../pictures/topology-words.ts';
import type { Picture } from '../pictures/shelf.ts';
import { image, titledList } from './blocks.ts';

/** The picture where there is one, and the same facts as text in any case. Nothing for a request without a topology. */
export function topologyBlocks(topology: Topology | undefined, picture: Picture | undefined): KnownBlock[] {
  if (topology === undefined) return [];
  return [...(picture ? [image(picture)] : []), ...titledList('Topology', topologyLines(topology))];
}

/** States whose card shows the topology: it is decided on or it stands. */
export function showsTopology(state: string): boolean {
  return ['Plan', 'Needs decision', 'Onboarded', 'Verified'].includes(state);
}
