package enginebuild

import "testing"

func TestCommon(t *testing.T) {
	for _, r := range "Aあアガ￥(一亜腕髙﨑曖鬱𠮟①〓–é" {
		if !Common(r) {
			t.Errorf("%q is rare", r)
		}
	}
	for _, r := range "鷗彅𠮷弌熙" {
		if Common(r) {
			t.Errorf("%q is common", r)
		}
	}
}
