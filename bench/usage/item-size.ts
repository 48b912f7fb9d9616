/** An attribute as DynamoDB's JSON protocol writes it. */
export type Attribute = Readonly<Record<string, unknown>>;
export type WireItem = Readonly<Record<string, Attribute>>;

/** Bytes that an item counts as, by DynamoDB's published rules: names and values, 3 for a list or map, 1 for each entry. */
export function itemBytes(item: WireItem): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(attribute: Attribute): number {
  const [[type, value] = ['NULL', true]] = Object.entries(attribute);
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(value));
    case 'N':
      // Two digits a byte, and one more.
      return Math.ceil(String(value).replace(/[-.]/g, '').length / 2) + 1;
    case 'B':
      return Buffer.from(String(value), 'base64').length;
    case 'M':
      return 3 + itemBytes(value as WireItem) + Object.keys(value as WireItem).length;
    case 'L':
      return 3 + (value as readonly Attribute[]).reduce((sum, one) => sum + 1 + valueBytes(one), 0);
    case 'SS':
      return (value as readonly string[]).reduce((sum, one) => sum + Buffer.byteLength(one), 0);
    default:
      return 1;
  }
}
