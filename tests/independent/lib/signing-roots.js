/** The 32-byte roots that validator keys sign: deposits and builder registrations. */
import { ByteVectorType, ContainerType, UintBigintType } from "@chainsafe/ssz";

const U64 = new UintBigintType(8);
const Bytes32 = new ByteVectorType(32);

const ForkData = new ContainerType({ current_version: new ByteVectorType(4), genesis_validators_root: Bytes32 });
const SigningData = new ContainerType({ object_root: Bytes32, domain: Bytes32 });
const depositMessageMembers = {
  pubkey: new ByteVectorType(48),
  withdrawal_credentials: Bytes32,
  amount: U64,
};
const DepositMessage = new ContainerType(depositMessageMembers);
const DepositData = new ContainerType({ ...depositMessageMembers, signature: new ByteVectorType(96) });
const ValidatorRegistration = new ContainerType({
  fee_recipient: new ByteVectorType(20),
  gas_limit: U64,
  timestamp: U64,
  pubkey: new ByteVectorType(48),
});

const DOMAIN_DEPOSIT = [3, 0, 0, 0];
const DOMAIN_APPLICATION_BUILDER = [0, 0, 0, 1];

/** Both domains are those of the genesis fork, with the validators' root left at zero. */
function domain(type, forkVersion) {
  const root = ForkData.hashTreeRoot({ current_version: forkVersion, genesis_validators_root: new Uint8Array(32) });
  return Uint8Array.from([...type, ...root.subarray(0, 28)]);
}

/** `deposit`: pubkey, withdrawal_credentials, amount. */
export const depositMessageRoot = (deposit) => DepositMessage.hashTreeRoot(deposit);

/** `deposit`: pubkey, withdrawal_credentials, amount, signature. */
export const depositDataRoot = (deposit) => DepositData.hashTreeRoot(deposit);

export function depositSigningRoot(deposit, forkVersion) {
  return SigningData.hashTreeRoot({
    object_root: depositMessageRoot(deposit),
    domain: domain(DOMAIN_DEPOSIT, forkVersion),
  });
}

/** `message`: fee_recipient, gas_limit, timestamp, pubkey. */
export function registrationSigningRoot(message, forkVersion) {
  return SigningData.hashTreeRoot({
    object_root: ValidatorRegistration.hashTreeRoot(message),
    domain: domain(DOMAIN_APPLICATION_BUILDER, forkVersion),
  });
}
