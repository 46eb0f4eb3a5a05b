// Package history records what clients ask of the notes and what they are answered, and checks that
// there is one order in which a single, never failing notebook would have answered the same: that the
// service is linearizable, whatever was killed or frozen meanwhile. What got no answer may have
// happened or not.
//
// # Which file
//
//   - a history: operation (Operation, its kind and outcome; History),
//     person (people and their clients, who make random operations),
//     check (the order of the operations, lost and doubled changes)
package history
