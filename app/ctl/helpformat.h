// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace spillway::ctl {

/// Help in our words rather than in CLI11's: what an option takes, what it goes with. A heavy header:
/// commandline.cpp's.
class HelpFormat final : public CLI::Formatter
{
public:
    HelpFormat();
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_option_desc(const CLI::Option* option) const override;
};

} // namespace spillway::ctl
