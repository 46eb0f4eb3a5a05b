// Package fault logs unexpected errors. A fault is an error that is neither a refusal, which people see, nor an outage.
//
// The text of a fault may hold data of a note or a statement, so it is never logged. Instead Log writes the id that the
// person was shown, the functions that the fault came through, the types of its errors, and what PostgreSQL calls it:
// constant words, by which an operator finds the line of code.
//
// # Which file
//
//   - faults: fault (Place, Known, Recovered, Log, RequestID; an error's types and place in constant words)
//
// It must not decide what people are shown: the packages that answer requests do. It imports nothing of ours.
package fault
