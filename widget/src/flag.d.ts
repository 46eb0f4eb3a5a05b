/**
 * Whether the build has end-to-end encryption. It marks what everybody loads for it; a test builds without it and compares the weights
 * (widget/build/encryption_weight_test.go).
 */
declare const END_TO_END: boolean;
