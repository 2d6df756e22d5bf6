/** What a secure form asks for. */
export const FORM_FIELD_TYPES = [
  'nik',
  'family_card',
  'person_name',
  'date',
  'text',
  'phone',
  'photo',
] as const;
export type FormFieldType = (typeof FORM_FIELD_TYPES)[number];

/** One field as the row of a form names it: worded in the conversation's language, never with what was entered. */
export interface FormField {
  id: string;
  type: FormFieldType;
  label: string;
  hint: string | null;
  optional: boolean;
}
