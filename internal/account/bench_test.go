package account_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/ambit-iam/ambit/internal/account"
	"github.com/ambit-iam/ambit/internal/account/accounttest"
)

func BenchmarkDecode(b *testing.B) {
	var text bytes.Buffer
	if err := accounttest.Quota(1, accounttest.FullSize).Encode(&text); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := account.Decode(bytes.NewReader(text.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	s := accounttest.Quota(1, accounttest.FullSize)
	var text bytes.Buffer
	if err := s.Encode(&text); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if err := s.Encode(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseCredentialReport(b *testing.B) {
	text := accounttest.Quota(1, accounttest.FullSize).Report.AppendCSV(nil)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := account.ParseCredentialReport(bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
