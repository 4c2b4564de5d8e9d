import type { Choice, OnboardForm } from '../../flows/types.ts';
import { LIMITS } from '../../integrations/slack/limits.ts';

/** Blocks of step 2 whose options come from a list. */
const LISTS = {
  device: 'devices',
  link1_wan: 'wans',
  link2_wan: 'wans',
  region: 'regions',
  bandwidth: 'bandwidths',
  networks: 'networks',
  ike: 'ikes',
} as const satisfies Record<string, keyof OnboardForm>;

type Lists = Pick<OnboardForm, (typeof LISTS)[keyof typeof LISTS]>;

/** Answers the option requests of the selects that are too long to carry their options. */
export interface FormChoices {
  keep(form: OnboardForm): void;
  find(draftId: string, blockId: string, query: string): readonly Choice[];
}

const MAX_FORMS = 200;

/** The lists of the forms shown last. Only forms with a long list are kept. */
export function createFormChoices(): FormChoices {
  const forms = new Map<string, Lists>();
  return {
    keep(form) {
      const isLong = Object.values(LISTS).some((list) => form[list].length > LIMITS.options);
      if (!isLong) return;
      forms.set(form.draftId, form);
      const [oldest] = forms.keys();
      if (forms.size > MAX_FORMS && oldest !== undefined) forms.delete(oldest);
    },
    find(draftId, blockId, query) {
      const form = forms.get(draftId);
      const list = Object.hasOwn(LISTS, blockId) ? LISTS[blockId as keyof typeof LISTS] : undefined;
      if (form === undefined || list === undefined) return [];
      const wanted = query.trim().toLowerCase();
      return form[list]
        .filter((choice) => choice.label.toLowerCase().includes(wanted))
        .slice(0, LIMITS.options);
    },
  };
}
