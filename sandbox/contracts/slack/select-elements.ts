import { boolean, integer, list, optional, string, type Check, type ObjectRule } from './check.ts';
import { conversationFilter, initialIsAmongOptions, menuOption, optionGroup } from './composition.ts';
import { element, maxSelected, menu } from './element.ts';

const id = string(255);
const minQuery = optional(integer(0));

const optionsOrGroups: ObjectRule = (value, pointer, out) => {
  if ((value['options'] === undefined) === (value['option_groups'] === undefined)) {
    out.push({ pointer, message: 'must provide exactly one of `options` and `option_groups`' });
  }
};

const staticOptions = {
  options: optional(list(menuOption, { min: 1, max: 100 })),
  option_groups: optional(list(optionGroup, { min: 1, max: 100 })),
};

const oneConversation = {
  default_to_current_conversation: optional(boolean()),
  filter: conversationFilter,
};

/** Menus, single and multiple. */
export const SELECT_ELEMENTS = {
  static_select: element(
    'static_select',
    { ...menu, ...staticOptions, initial_option: optional(menuOption) },
    optionsOrGroups,
    initialIsAmongOptions,
  ),
  multi_static_select: element(
    'multi_static_select',
    {
      ...menu,
      ...staticOptions,
      initial_options: optional(list(menuOption, { min: 1, max: 100 })),
      max_selected_items: maxSelected,
    },
    optionsOrGroups,
    initialIsAmongOptions,
  ),
  external_select: element('external_select', {
    ...menu,
    initial_option: optional(menuOption),
    min_query_length: minQuery,
  }),
  multi_external_select: element('multi_external_select', {
    ...menu,
    initial_options: optional(list(menuOption, { min: 1, max: 100 })),
    min_query_length: minQuery,
    max_selected_items: maxSelected,
  }),
  users_select: element('users_select', { ...menu, initial_user: optional(id) }),
  multi_users_select: element('multi_users_select', {
    ...menu,
    initial_users: optional(list(id)),
    max_selected_items: maxSelected,
  }),
  conversations_select: element('conversations_select', {
    ...menu,
    ...oneConversation,
    initial_conversation: optional(id),
    response_url_enabled: optional(boolean()),
  }),
  multi_conversations_select: element('multi_conversations_select', {
    ...menu,
    ...oneConversation,
    initial_conversations: optional(list(id)),
    max_selected_items: maxSelected,
  }),
  channels_select: element('channels_select', {
    ...menu,
    initial_channel: optional(id),
    response_url_enabled: optional(boolean()),
  }),
  multi_channels_select: element('multi_channels_select', {
    ...menu,
    initial_channels: optional(list(id)),
    max_selected_items: maxSelected,
  }),
} satisfies Record<string, Check>;
