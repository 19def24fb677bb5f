// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/widgets/prompter.h"

namespace spillway::test {

/// Answers every question at once, as it is told, and remembers what was asked.
class ScriptedPrompter final : public views::Prompter
{
public:
    void confirm(QWidget*, const views::ConfirmRequest& request,
                 std::function<void(views::ConfirmAnswer)> answer) override
    {
        asked.push_back(request);
        answer(given);
    }
    void chooseSaveFile(QWidget*, const QString&, const QString&, const QString&,
                        std::function<void(QString)> answer) override
    {
        answer(file);
    }
    void chooseOpenFile(QWidget*, const QString&, const QString&, std::function<void(QString)> answer) override
    {
        answer(file);
    }
    void chooseFolder(QWidget*, const QString&, std::function<void(QString)> answer) override { answer({}); }
    void openAddress(const QString& url) override { opened << url; }

    std::vector<views::ConfirmRequest> asked;
    views::ConfirmAnswer given{
        .isAccepted = true, .reason = QStringLiteral("because"), .text = QStringLiteral("as named")};
    QString file; ///< empty: the reader changed their mind
    QStringList opened;
};

} // namespace spillway::test
