import type { RequestView } from '../../flows/types.ts';
import type { Picture } from '../pictures/shelf.ts';
import type { Card } from './blocks.ts';
import { outcomeCard } from './outcome-card.ts';
import { planCard } from './plan-card.ts';
import { runCard } from './run-card.ts';

/** The card of a request in whatever state it is. A pure function of the view and its picture: drawn again, it is the same. */
export function requestCard(view: RequestView, picture?: Picture): Card {
  switch (view.state) {
    case 'Plan':
      return planCard(view, picture);
    case 'Running':
    case 'Needs decision':
      return runCard(view, picture);
    default:
      return outcomeCard(view, picture);
  }
}
