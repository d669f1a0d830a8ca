/** Config hash, definition hash and lock hash of v1.10 files, as SSZ hash tree roots. */
import {
  BooleanType,
  ByteListType,
  ByteVectorType,
  ContainerType,
  ListBasicType,
  ListCompositeType,
  UintBigintType,
} from "@chainsafe/ssz";

import { addressBytes, fixedBytes, fixedBytesOrZeros, utf8 } from "./bytes.js";

const U64 = new UintBigintType(8);
const Hash = new ByteVectorType(32);
const Address = new ByteVectorType(20);
const PublicKey = new ByteVectorType(48);
const BlsSignature = new ByteVectorType(96);
const EcdsaSignature = new ByteVectorType(65);

const ValidatorAddresses = new ContainerType({ fee_recipient: Address, withdrawal: Address });

/** The members that both hashes of a definition cover; operators and creator differ. */
const definitionMembers = (Operator, Creator) => ({
  uuid: new ByteListType(64),
  name: new ByteListType(256),
  version: new ByteListType(16),
  timestamp: new ByteListType(32),
  num_validators: U64,
  threshold: U64,
  dkg_algorithm: new ByteListType(32),
  fork_version: new ByteVectorType(4),
  operators: new ListCompositeType(Operator, 256),
  creator: Creator,
  validators: new ListCompositeType(ValidatorAddresses, 65536),
  deposit_amounts: new ListBasicType(U64, 256),
  consensus_protocol: new ByteListType(256),
  target_gas_limit: U64,
  compounding: new BooleanType(),
});

const AddressOnly = new ContainerType({ address: Address });
const Config = new ContainerType(definitionMembers(AddressOnly, AddressOnly));

const Operator = new ContainerType({
  address: Address,
  enr: new ByteListType(1024),
  config_signature: EcdsaSignature,
  enr_signature: EcdsaSignature,
});
const Creator = new ContainerType({ address: Address, config_signature: EcdsaSignature });
const Definition = new ContainerType({ ...definitionMembers(Operator, Creator), config_hash: Hash });

const Deposit = new ContainerType({
  pubkey: PublicKey,
  withdrawal_credentials: Hash,
  amount: U64,
  signature: BlsSignature,
});
const RegistrationMessage = new ContainerType({
  fee_recipient: Address,
  gas_limit: U64,
  timestamp: U64,
  pubkey: PublicKey,
});
const Registration = new ContainerType({ message: RegistrationMessage, signature: BlsSignature });
const DistributedValidator = new ContainerType({
  public_key: PublicKey,
  public_shares: new ListCompositeType(PublicKey, 256),
  deposits: new ListCompositeType(Deposit, 256),
  registration: Registration,
});
const Lock = new ContainerType({
  definition: Definition,
  validators: new ListCompositeType(DistributedValidator, 65536),
});

/** Covers what the operators agree on beforehand: neither records nor signatures. */
export function configHash(definition) {
  return Config.hashTreeRoot({
    ...commonMembers(definition),
    operators: definition.operators.map(({ address }) => ({ address: addressBytes(address, "operator address") })),
    creator: { address: addressBytes(definition.creator.address, "creator address") },
  });
}

/** Covers the whole definition, with the config hash that stands in it. */
export function definitionHash(definition) {
  return Definition.hashTreeRoot(definitionValue(definition));
}

/** Covers the definition and all validators: not the aggregate, the node signatures or the transcript. */
export function lockHash(lock) {
  return Lock.hashTreeRoot({
    definition: definitionValue(lock.cluster_definition),
    validators: lock.distributed_validators.map(validatorValue),
  });
}

function commonMembers(definition) {
  return {
    uuid: utf8(definition.uuid),
    name: utf8(definition.name),
    version: utf8(definition.version),
    timestamp: utf8(definition.timestamp),
    num_validators: BigInt(definition.num_validators),
    threshold: BigInt(definition.threshold),
    dkg_algorithm: utf8(definition.dkg_algorithm),
    fork_version: fixedBytes(definition.fork_version, 4, "fork version"),
    validators: definition.validators.map((validator) => ({
      fee_recipient: addressBytes(validator.fee_recipient_address, "fee recipient"),
      withdrawal: addressBytes(validator.withdrawal_address, "withdrawal address"),
    })),
    deposit_amounts: (definition.deposit_amounts ?? []).map(BigInt),
    consensus_protocol: utf8(definition.consensus_protocol),
    target_gas_limit: BigInt(definition.target_gas_limit),
    compounding: definition.compounding,
  };
}

function definitionValue(definition) {
  return {
    ...commonMembers(definition),
    operators: definition.operators.map((operator) => ({
      address: addressBytes(operator.address, "operator address"),
      enr: utf8(operator.enr),
      config_signature: fixedBytesOrZeros(operator.config_signature, 65, "operator's config signature"),
      enr_signature: fixedBytesOrZeros(operator.enr_signature, 65, "operator's record signature"),
    })),
    creator: {
      address: addressBytes(definition.creator.address, "creator address"),
      config_signature: fixedBytesOrZeros(definition.creator.config_signature, 65, "creator's signature"),
    },
    config_hash: fixedBytes(definition.config_hash, 32, "config hash"),
  };
}

function validatorValue(validator) {
  const { message, signature } = validator.builder_registration;
  return {
    public_key: fixedBytes(validator.distributed_public_key, 48, "validator key"),
    public_shares: validator.public_shares.map((share) => fixedBytes(share, 48, "public share")),
    deposits: validator.partial_deposit_data.map((deposit) => ({
      pubkey: fixedBytes(deposit.pubkey, 48, "deposit's key"),
      withdrawal_credentials: fixedBytes(deposit.withdrawal_credentials, 32, "withdrawal credentials"),
      amount: BigInt(deposit.amount),
      signature: fixedBytes(deposit.signature, 96, "deposit signature"),
    })),
    registration: {
      message: {
        fee_recipient: fixedBytes(message.fee_recipient, 20, "registration's fee recipient"),
        gas_limit: BigInt(message.gas_limit),
        timestamp: BigInt(message.timestamp),
        pubkey: fixedBytes(message.pubkey, 48, "registration's key"),
      },
      signature: fixedBytes(signature, 96, "registration signature"),
    },
  };
}
