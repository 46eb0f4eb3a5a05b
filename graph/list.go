package graph

// mapList returns the results of f for each element. It never returns nil: lists are not null in the API.
func mapList[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

// notNull returns list, or an empty list if it is nil: lists are not null in the API.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
