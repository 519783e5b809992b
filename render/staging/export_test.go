package staging

// ExchangeWithoutList moves the parts of a build, and what others put into them,
// where the last rename must fail.
func ExchangeWithoutList(f *Folder, parts, theirs []string) error {
	return f.exchange(parts, theirs, f.dir+"/none")
}
