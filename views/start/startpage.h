// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/prompter.h"

#include <QStringList>
#include <QWidget>

class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace spillway::views {

class PlainTextLabel;

struct NewWorkspace
{
    QString folder; ///< its last part becomes the name
    QString bootstrapServers;
    friend bool operator==(const NewWorkspace&, const NewWorkspace&) = default;
};

/// What a connection said, step by step.
struct ConnectionTest
{
    bool isOk = false;
    QStringList steps; ///< one sentence each, in the order they were tried
};

/// What the start page has done. Blocking; called from a pool thread.
class StartActions
{
public:
    virtual ~StartActions() = default;
    [[nodiscard]] virtual Result<ConnectionTest> testConnection(const QString& bootstrapServers,
                                                                std::stop_token stop) = 0;
    /// @return path of the new spillway.yaml; Conflict when there is one already.
    [[nodiscard]] virtual Result<QString> create(const NewWorkspace& workspace) = 0;
};

/// Before a workspace is open: demo, open, recent, new.
class StartPage final : public QWidget
{
    Q_OBJECT
public:
    StartPage(StartActions& actions, Prompter& prompter, const QStringList& recent, QWidget* parent = nullptr);
    /// Under way: what; the buttons wait. Empty: ready again.
    void showBusy(const QString& what);
    void showFailure(const QString& what, const Error& error);

Q_SIGNALS:
    void demoAsked();
    void openAsked(const QString& path);

private:
    QWidget* buildChoices(const QStringList& recent);
    QWidget* buildForm();
    void test();
    void create();

    StartActions& m_actions;
    Prompter& m_prompter;
    QWidget* m_choices = nullptr;
    QLineEdit* m_folder = nullptr;
    QLineEdit* m_servers = nullptr;
    QPushButton* m_test = nullptr;
    QPushButton* m_create = nullptr;
    PlainTextLabel* m_result = nullptr;
    PlainTextLabel* m_message = nullptr;
    AsyncLoad<ConnectionTest> m_testLoad;
    AsyncLoad<QString> m_createLoad;
};

} // namespace spillway::views
