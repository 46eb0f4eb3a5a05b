package authtest

import "sync"

// InParallel calls do n times at once, with 0 to n-1, and counts the results.
func InParallel(n int, do func(int) int) map[int]int {
	var wg sync.WaitGroup
	results := make([]int, n)
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			results[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	counts := map[int]int{}
	for _, r := range results {
		counts[r]++
	}
	return counts
}
