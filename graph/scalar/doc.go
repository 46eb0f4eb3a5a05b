// Package scalar encodes and decodes the schema's scalars for the generated code. It is not in package graph, because the
// generated code imports it and package graph imports the generated code.
//
// # Which file
//
//   - scalars: time (Time), int (Int)
package scalar
