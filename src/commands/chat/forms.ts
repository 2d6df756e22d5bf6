import type { OpenForm } from '../../core/effect.js';
import { FORM_MINUTES } from '../../core/formLink.js';
import type { Json } from '../../core/json.js';

interface Form {
  form: string;
  step: string;
  draft: string;
  link: number;
  until: Date;
  isDone: boolean;
}

/** The secure forms of a talk in memory: their links, and that one was sent (`[form: filled]`). */
export class Forms {
  private readonly forms: Form[] = [];

  open({ draft, step, renew }: OpenForm, now: Date): Json {
    let form = this.forms.find((one) => one.draft === draft && one.step === step);
    if (!form) {
      const id = `00000000-0000-7000-9000-${String(this.forms.length + 1).padStart(12, '0')}`;
      form = { form: id, step, draft, link: 0, until: now, isDone: false };
      this.forms.push(form);
    }
    if (!form.isDone && (renew || form.until <= now)) {
      form.link += 1;
      form.until = new Date(now.getTime() + FORM_MINUTES * 60_000);
    }
    const { form: id, link, until, isDone } = form;
    return { outcome: isDone ? 'done' : 'open', form: id, link, until: until.toISOString() };
  }

  /** The newest form is sent: its id; null where none was asked for yet. */
  fill(): string | null {
    const form = this.forms.at(-1);
    if (form) form.isDone = true;
    return form?.form ?? null;
  }
}
