// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <functional>
#include <utility>
#include <vector>

class QWidget;

namespace spillway::views {

/// A question before something that cannot be taken back: what, how many, where.
struct ConfirmRequest
{
    QString title;                                  ///< "Replay 2 410 messages to order-events?"
    QString consequence;                            ///< one sentence: what happens and what does not
    std::vector<std::pair<QString, QString>> facts; ///< label, value
    QString typeToConfirm;                          ///< must be typed exactly; empty: not asked
    QString asksText;        ///< label of one more field that must be filled in; empty: not asked
    bool asksReason = false; ///< a reason must be given; it goes into the ledger
    QString actionText;      ///< verb and object, on the button
    QString commandLine;     ///< the same as a `spillwayctl` line
};

struct ConfirmAnswer
{
    bool isAccepted = false;
    QString reason;
    QString text; ///< what `asksText` asked for
};

/// The one way from a screen to a dialog, so that a test can answer. UI thread. Answers come later, once.
class Prompter
{
public:
    virtual ~Prompter() = default;
    virtual void confirm(QWidget* parent, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) = 0;
    /// `file` is empty when the reader changed their mind.
    virtual void chooseSaveFile(QWidget* parent, const QString& title, const QString& suggestion, const QString& filter,
                                std::function<void(QString file)> answer) = 0;
    virtual void chooseFolder(QWidget* parent, const QString& title, std::function<void(QString folder)> answer) = 0;
    /// Where nobody can choose, nothing is chosen.
    virtual void chooseOpenFile(QWidget* parent, const QString& title, const QString& filter,
                                std::function<void(QString file)> answer);
    /// Shows a web address in the user's browser, once they have seen it in plain text and agreed.
    virtual void openAddress(const QString& url);
};

/// Asks with window-modal dialogs that do not block. The safe choice is the default.
class DialogPrompter final : public Prompter
{
public:
    void confirm(QWidget* parent, const ConfirmRequest& request, std::function<void(ConfirmAnswer)> answer) override;
    void chooseSaveFile(QWidget* parent, const QString& title, const QString& suggestion, const QString& filter,
                        std::function<void(QString)> answer) override;
    void chooseFolder(QWidget* parent, const QString& title, std::function<void(QString)> answer) override;
    void chooseOpenFile(QWidget* parent, const QString& title, const QString& filter,
                        std::function<void(QString)> answer) override;
    void openAddress(const QString& url) override;
};

} // namespace spillway::views
