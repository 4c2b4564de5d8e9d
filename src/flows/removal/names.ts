import { z } from 'zod';

/** IDs and kinds of the operations that take things away; `n` counts from 1. */
export const REMOVE = {
  policy: 'remove.policy',
  policyApplied: 'remove.policy.applied',
  connectors: 'remove.connectors',
  connectorsApplied: 'remove.connectors.applied',
  entries: 'remove.entries',
  entriesApplied: 'remove.entries.applied',
  application: 'remove.application',
  profiles: 'remove.profiles',
  link: (n: number) => `remove.link.${n}`,
  network: 'remove.network',
  absent: 'verify.absent',
} as const;

/** What each operation is told when it is planned. IDs are those of the ownership ledger: nothing else is ever deleted. */
export const RemovalParams = {
  entries: z.object({
    /** Our entries by root key of the device. */
    names: z.record(z.string(), z.array(z.string())),
    /** Root keys that the device had not of its own before our first write. */
    absentBefore: z.array(z.string()),
  }),
  application: z.object({ id: z.string(), name: z.string() }),
  profiles: z.object({ networkId: z.string() }),
  link: z.object({ networkId: z.string(), id: z.string(), name: z.string() }),
  network: z.object({ id: z.string(), name: z.string() }),
  absent: z.object({
    names: z.record(z.string(), z.array(z.string())),
    networkIds: z.array(z.string()),
    linkIds: z.array(z.string()),
  }),
} as const;

/** What `remove.application` leaves: who still uses the application, where it stayed. */
export const ApplicationRemoved = z.object({ stays: z.array(z.string()) });
