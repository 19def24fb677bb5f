// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/page.h"

class QListWidget;

namespace spillway::views {

class ManualView;

/// The manual that comes with the program: contents to the left, text to the right, found by words. Nothing is loaded
/// from anywhere else; links lead to other pages of the manual only.
class HelpPage final : public Page
{
    Q_OBJECT
public:
    explicit HelpPage(const ViewContext& context);
    void refresh() override {}
    /// @param argument  name of a manual page, "lag" or "lag.md"
    void open(const QString& argument) override;
    [[nodiscard]] bool isSettled() const override { return true; }
    void takeFocus() override;

private:
    void showManual(const QString& name);
    QListWidget* m_contents = nullptr;
    ManualView* m_text = nullptr;
};

} // namespace spillway::views
