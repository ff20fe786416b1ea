# SPDX-License-Identifier: Apache-2.0
"""The reference workload as users of other engines would write it. Each peer gives the same four outcomes and both ends of the score."""
