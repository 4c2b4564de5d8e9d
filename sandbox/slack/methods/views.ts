import { ApiError, argumentError } from '../api-error.ts';
import { checkViewContent } from '../content.ts';
import { openView, publishHome, pushView, updateView, viewJson } from '../views.ts';
import type { Arguments, Method } from '../web-api.ts';
import type { OpenView } from '../world-types.ts';
import { text, type MethodContext } from './context.ts';

/** views.*, as docs.slack.dev/reference/methods describes them. */
export function viewMethods(context: MethodContext): Record<string, Method> {
  const { world, triggers } = context;

  function trigger(args: Arguments): { id: string; user: string; viewId?: string } {
    const [id, pointer] = [text(args, 'trigger_id'), text(args, 'interactivity_pointer')];
    if ((id === '') === (pointer === '')) {
      throw argumentError('must provide exactly one of `trigger_id` and `interactivity_pointer`');
    }
    const found = triggers.check(id || pointer);
    if (typeof found === 'string') throw new ApiError(found);
    return { id: id || pointer, ...found };
  }

  function shown(view: OpenView): Record<string, unknown> {
    return { view: viewJson(world, view, false) };
  }

  function existing(args: Arguments): OpenView {
    const [id, external] = [text(args, 'view_id'), text(args, 'external_id')];
    if (id !== '' && external !== '') throw argumentError('Cannot provide both `view_id` and `external_id`');
    if (id === '' && external === '') throw argumentError('Must provide `view_id` or `external_id`');
    const view = id
      ? world.views.get(id)
      : [...world.views.values()].find((open) => open.content['external_id'] === external);
    if (!view) throw new ApiError('not_found');
    return view;
  }

  function sameHash(args: Arguments, view: OpenView | undefined): void {
    const hash = text(args, 'hash');
    if (hash !== '' && view && hash !== view.hash) throw new ApiError('hash_conflict');
  }

  return {
    'views.open': (args) => {
      const content = checkViewContent(world, args['view'], 'modal');
      const { id, user, viewId } = trigger(args);
      const view = openView(world, user, content, viewId);
      triggers.exchange(id);
      return shown(view);
    },
    'views.push': (args) => {
      const content = checkViewContent(world, args['view'], 'modal');
      const { id, user, viewId } = trigger(args);
      if (viewId === undefined || !world.views.has(viewId)) throw new ApiError('not_found');
      const view = pushView(world, user, content);
      triggers.exchange(id);
      return shown(view);
    },
    'views.update': (args) => {
      const content = checkViewContent(world, args['view'], 'modal');
      const view = existing(args);
      sameHash(args, view);
      updateView(world, view, content);
      return shown(view);
    },
    'views.publish': (args) => {
      const content = checkViewContent(world, args['view'], 'home');
      const user = text(args, 'user_id');
      if (!world.users.has(user)) throw argumentError('invalid `user_id`');
      sameHash(args, world.homes.get(user));
      return shown(publishHome(world, user, content));
    },
  };
}
