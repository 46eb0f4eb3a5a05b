// Package direct writes the JSON of the API's hot types straight from what a resolver gave,
// beside the generated executor and under its rule.
//
// The generated executor resolves the root fields of every operation: arguments, @requires,
// errors and null are its alone. Below a root field it would make a context for each field, a
// field set for each object and a goroutine for each note of a list, only to write columns that
// lie ready. There this package steps in, as the field middleware that gqlgen has for the
// purpose: if it knows every type and field that is selected below the root field, it returns
// the JSON in the value's place, and the executor takes that for the answer.
//
//	root field ─ arguments ─ @requires ─ resolver ─┬─ Parts: plan known ─────── JSON ─┬─ Join ─ answer
//	                                               └─ generated: objects, fields, … ──┘
//
// What is selected is collected by gqlgen's own CollectFields, once for each document and each
// outcome of its @skip and @include, and kept as a plan beside the document.
//
// An encoding either succeeds as a whole or leaves no trace: whatever is out of the ordinary,
// such as a field that is not known, a null where the schema allows none, a resolver's error or
// a panic, hands the value back to the generated code, which then answers as if nobody had
// tried before. No root resolver is ever called twice; of the resolvers below, which only read,
// the one that failed may be.
//
// The package must not hold a rule: what it writes for a field is a column, or what the one
// resolver of the field says.
package direct
