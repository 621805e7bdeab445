package facts

import "github.com/ambit-iam/ambit/internal/account"

var fields = map[account.Part][]string{}
