package graph

// A streamLimit limits the number of streams that are open on this node.
type streamLimit struct{ slots chan struct{} }

func newStreamLimit(max int) *streamLimit { return &streamLimit{make(chan struct{}, max)} }

// acquire takes a slot, or returns false if all are taken. The caller calls release when the stream ends.
func (l *streamLimit) acquire() bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l *streamLimit) release() { <-l.slots }
