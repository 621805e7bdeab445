package iamref

import "testing"

// BenchmarkFirstUse is what the first look-up costs.
func BenchmarkFirstUse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readTables(gunzip(packedServices))
	}
}

func BenchmarkActionOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := ActionOf("S3:getobject"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkExpand(b *testing.B) {
	for _, pattern := range []string{"*", "ec2:*", "ec2:Describe*", "s3:*Object*", "iam:PassRole"} {
		b.Run(pattern, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for range Expand(pattern) {
					n++
				}
			}
			if n == 0 {
				b.Fatal("expanded to nothing")
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	for _, name := range []string{"aws:SourceIp", "aws:RequestTag/team", "aws:NoSuchKey"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Key(name)
			}
		})
	}
}
