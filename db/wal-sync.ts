import { open } from 'node:fs/promises';
import { DiskError } from './database-error.ts';

/** Has what SQLite appended to its log written to the disk: once for everybody who waits at that moment, beside all other work. */
export interface WalSync {
  /** To be called after each commit: something was appended. It reaches the disk within {@link SOON_MS}, whoever waits. */
  appended(): void;
  /** Resolves when everything that was appended before is on the disk. Rejects where the disk refused it once: see {@link DiskError}. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const SOON_MS = 200;

/** The file that SQLite appends to. */
export interface WalFile {
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/** The log of the SQLite database in this file, which is open in WAL mode already. */
export function openWal(file: string): Promise<WalFile> {
  return open(`${file}-wal`, 'r');
}

/** `refused` is called once, when the disk has refused what was appended. */
export function createWalSync(log: WalFile, refused: () => void): WalSync {
  let appended = 0;
  let synced = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let broken: DiskError | undefined;

  async function sync(): Promise<void> {
    try {
      // Whoever asks in the same turn shares it.
      await Promise.resolve();
      // Whatever is appended from here on may come too late for this sync.
      const upTo = appended;
      await log.datasync();
      synced = Math.max(synced, upTo);
    } catch (error) {
      broken = new DiskError(error);
      refused();
    } finally {
      running = undefined;
    }
  }

  async function settled(): Promise<void> {
    const upTo = appended;
    // One that is going on may have begun before the last of ours was appended.
    while (synced < upTo && !broken) await (running ??= sync());
    if (broken) throw broken;
  }

  return {
    appended() {
      appended += 1;
      timer ??= setTimeout(() => {
        timer = undefined;
        // Whoever waits next is told.
        settled().catch(() => undefined);
      }, SOON_MS).unref();
    },
    settled,
    async close() {
      clearTimeout(timer);
      await running;
      await log.close();
    },
  };
}
