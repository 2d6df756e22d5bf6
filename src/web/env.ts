import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { View } from './views/view.js';

/** What a request carries from middleware to handler. */
export interface WebEnv {
  Bindings: HttpBindings;
  Variables: {
    /** Words, language, formats and who is signed in: handed to every page. */
    view: View;
  };
}
export type WebContext = Context<WebEnv>;
