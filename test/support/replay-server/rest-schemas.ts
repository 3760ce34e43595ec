/** Pieces of requests that several routes take, checked at the door. */
import { z } from 'zod';
import { normalField, type TableField } from './field-schema.ts';

/** A schema with the type names of replies; a type that does not exist is refused. */
export const Field: z.ZodType<TableField> = z.lazy(() =>
  z
    .looseObject({
      name: z.string(),
      type: z.string(),
      mode: z.string().optional(),
      fields: z.array(Field).optional(),
    })
    .transform((field, context) => {
      const normal = normalField(field);
      if (normal !== undefined) return normal;
      context.addIssue({ code: 'custom', message: `Invalid value for type: ${field.type} is not a valid value` });
      return z.NEVER;
    }),
);

export const FieldList = z.object({ fields: z.array(Field).default([]) });

export const TableReference = z.object({
  projectId: z.string().optional(),
  datasetId: z.string(),
  tableId: z.string(),
});
