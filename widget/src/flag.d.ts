/**
 * Whether the build has end-to-end encryption. It encloses the code for it that everybody loads: a test also builds without it, and
 * compares the weights (widget/build/encryption_weight_test.go).
 */
declare const END_TO_END: boolean;
