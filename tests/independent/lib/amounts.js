/** Which deposits a definition asks for. */

const GWEI_PER_ETH = 1_000_000_000n;

/** In Gwei, ascending, each once. A definition without amounts asks for the defaults. */
export function depositAmounts(definition) {
  const listed = (definition.deposit_amounts ?? []).map(BigInt);
  const defaults = (definition.compounding ? [1n, 8n, 32n, 256n] : [1n, 32n]).map((eth) => eth * GWEI_PER_ETH);
  const amounts = listed.length > 0 ? listed : defaults;
  return [...new Set(amounts)].sort((a, b) => (a < b ? -1 : 1));
}

/** 32 ETH have the plain name; every other amount stands in the name, in ETH. */
export function depositFileName(amount) {
  if (amount === 32n * GWEI_PER_ETH) {
    return "deposit-data.json";
  }
  const fraction = (amount % GWEI_PER_ETH).toString().padStart(9, "0").replace(/0+$/, "");
  const eth = `${amount / GWEI_PER_ETH}${fraction === "" ? "" : `.${fraction}`}`;
  return `deposit-data-${eth}eth.json`;
}

/** 0x01 for a plain withdrawal address, 0x02 for a compounding validator. */
export function withdrawalCredentials(definition, index) {
  const prefix = definition.compounding ? "02" : "01";
  return `0x${prefix}${"00".repeat(11)}${definition.validators[index].withdrawal_address.slice(2).toLowerCase()}`;
}
