import { bypassCommand } from './bypass/command.ts';
import { cancelCommand } from './cancel/command.ts';
import type { CommandDeps } from './deps.ts';
import { diagnoseCommand } from './diagnose/command.ts';
import { freezeCommand } from './freeze/command.ts';
import { parseCommand } from './grammar.ts';
import { helpCommand } from './help/command.ts';
import { historyCommand } from './history/command.ts';
import { offboardCommand } from './offboard/command.ts';
import { onboardCommand } from './onboard/command.ts';
import { orphansCommand } from './orphans/command.ts';
import type { CommandCall } from './payload.ts';
import { planCommand } from './plan/command.ts';
import { routesCommand } from './routes/command.ts';
import { statusCommand } from './status/command.ts';
import { isActing, type Verb } from './verbs.ts';

type Handler = (deps: CommandDeps, call: CommandCall, args: readonly string[]) => Promise<void>;

/** Every verb's folder. */
const HANDLERS: Record<Verb, Handler> = {
  onboard: onboardCommand,
  status: statusCommand,
  offboard: offboardCommand,
  bypass: bypassCommand,
  orphans: orphansCommand,
  cancel: cancelCommand,
  routes: routesCommand,
  diagnose: diagnoseCommand,
  plan: planCommand,
  history: historyCommand,
  freeze: freezeCommand,
  help: helpCommand,
};

/** Runs what was typed after `/sse`, once where it changes something; what is not understood is answered with help. */
export async function runCommand(
  deps: CommandDeps,
  call: CommandCall,
  isFirst: () => Promise<boolean>,
): Promise<void> {
  const command = parseCommand(call.text);
  switch (command.kind) {
    case 'command':
      if (isActing(command.verb) && !(await isFirst())) return;
      return HANDLERS[command.verb](deps, call, command.args);
    case 'empty':
      return helpCommand(deps, call, []);
    case 'unknown': {
      const { word, nearest } = command;
      return helpCommand(deps, call, [], { word, ...(nearest && { nearest }) });
    }
  }
}
