package auth

// An Error is a refusal that may be shown to whoever asked.
type Error struct {
	Status  int    // HTTP status
	Code    string // stable, for programs
	Message string // for people: what happened and what to do
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }
